"""Holds what bot, console and public site share: tables, rules, inbox, outbox and files of one municipality."""
