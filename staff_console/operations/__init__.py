"""Shows dead letters, the month's messages and the style page, and answers the monitoring."""
