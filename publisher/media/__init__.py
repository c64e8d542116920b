"""Pictures on their way to a network: what it wants, how a picture is made to fit, and the card when there is none."""
