"""The vocabulary of LINE that bot, console and store share: limits of texts and parts of Flex cards. No network."""
