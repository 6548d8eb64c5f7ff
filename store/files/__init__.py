"""Files: photos and documents, how they are fetched, checked in a child process, drawn anew, stored and forgotten."""
