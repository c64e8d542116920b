"""The forge: the place that hosts the repository, where people review what is published and hear of what went wrong."""
