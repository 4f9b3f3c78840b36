"""Data, judged before anything is built: every problem at once, each with its place and its mend.

problems    one problem: an error, which a report cannot be made with, or a warning
tables      a dataset's tables as they stand, each cell with the place a person knows it by
rules       what is wrong with a table
spelling    one name spelt two ways
inspection  a whole dataset
"""
