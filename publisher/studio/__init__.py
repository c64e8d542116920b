"""Posts as pages for people who decide: what each would look like on each of its networks, before anybody sends it."""
