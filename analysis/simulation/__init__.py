"""A book of customers lived through in advance: the interpreter and the contact rules, without the world."""
