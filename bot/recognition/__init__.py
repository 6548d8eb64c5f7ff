"""Recognises what a resident typed, with one module for each recogniser; order.py lists them in their order."""
