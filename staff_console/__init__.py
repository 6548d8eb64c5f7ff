"""The officers' web application: the queue, the page of a case, accounts. It meets the bot in the store."""
