"""AWS on a laptop: the workflow engine, the Lambda endpoint, a simulated Alpha Vantage and a Slack inbox, in Python alone."""
