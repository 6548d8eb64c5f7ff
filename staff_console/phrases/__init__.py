"""Holds the words of the console as data: th.toml, and the model that it must fit."""
