"""Reads what residents write as answers: pure functions over text, one file for each thing that is read."""
