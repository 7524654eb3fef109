"""How the outside gets in: signatures checked, bytes parsed or refused, events stored, then delivered."""
