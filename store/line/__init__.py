"""Holds what bot, console and store share about LINE: its limits and the parts of Flex cards. It uses no network."""
