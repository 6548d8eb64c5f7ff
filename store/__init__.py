"""The only place where the bot and the console meet: tables, rules, inbox, outbox and files of one municipality."""
