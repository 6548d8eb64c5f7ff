"""What a municipality says about itself: names, departments, office hours, holidays, places."""
