"""New data, brought in: a file as a researcher has it becomes a folder in ``datasets/``.

    reading     a csv, xlsx, sav or parquet file as one table of cells, each with its place
    profiling   what each column holds
    mapping     which column is what: the declaration, as a person writes it
    proposing   a mapping guessed from the columns, with what was guessed
    tidying     cells and a mapping to the table that reports read; a function of these two alone
    drafting    an instrument and a study's parameters for data that have none
    writing     the folder: the original untouched, the table, ``datapackage.json``

Data are never edited.  What cannot be read stays as it stands, for ``scorecard check`` to name with
its cell; so what was brought in can be made again from the original and the mapping.
"""
