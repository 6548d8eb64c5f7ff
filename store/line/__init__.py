"""Holds what bot, console and store share about LINE: limits of texts and parts of Flex cards. It uses no network."""
