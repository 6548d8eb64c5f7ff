"""The residents' web pages: announcements, photos at signed addresses, and the answer where there is no page."""
