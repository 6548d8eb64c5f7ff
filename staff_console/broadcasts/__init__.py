"""Shows broadcasts: the list, the editor, audience, approval, emergencies, and the testers who get them first."""
