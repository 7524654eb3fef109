"""Events of other systems: each vendor's signature, and what its events mean here. One file for each vendor."""
