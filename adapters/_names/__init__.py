"""What X and Mastodon share: which names in a text are domains, by the rules and the list of twitter-text."""
