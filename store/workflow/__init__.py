"""Holds the one engine for tables of rules, the tables of cases, and the rules of an approval."""
