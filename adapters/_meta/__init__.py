"""What Facebook Pages and Instagram share: the Graph API, its errors, and its manners towards a stand-in."""
