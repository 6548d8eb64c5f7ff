"""Holds what the bot and the console share: tables, rules, inbox, outbox and files of one municipality."""
