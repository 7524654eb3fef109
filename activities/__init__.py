"""Each effect on the world: one class per purpose, its collaborators given to it as the protocols of ``ports``."""
