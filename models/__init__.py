"""What Steadfast talks about: frozen values, identifiers, the tree of errors. Imports nothing of ours but itself."""
