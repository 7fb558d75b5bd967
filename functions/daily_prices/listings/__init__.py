"""RefreshListings: who is listed, asked once a week."""
