"""What Steadfast talks about: frozen values, identifiers, and the tree of errors. Imports nothing of ours but itself."""
