"""A book of customers from CSV files: a mapping says what each column means, and nothing is guessed.

``mapping`` is the schema of the mapping file and ``mapping_file`` reads it with positions; ``reader`` gives rows with
their physical line numbers; ``cells`` and ``convert`` turn a row into a value or a refusal; ``derive`` decides, as of a
moment, how each account stands; ``importer`` does the whole.
"""
