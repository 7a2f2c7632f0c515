"""Data from elsewhere: what can be had, fetching it, and putting it where sets are looked for."""
