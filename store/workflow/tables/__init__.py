"""Holds a file for each workflow of cases; the file is named after its workflow and defines it as WORKFLOW."""
