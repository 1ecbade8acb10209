"""A session and whose it is: its store, its browser, the door it came by, how fresh its proof is."""
