"""What goes out when, for a team to look at, to print and to keep beside its other tables."""
