"""Two builds, waves or sets of parameters beside each other: what moved, what flipped, and why.

sides        what A and B are: results on disk, or results to be computed
computing    results of reports under other parameters or another wave, nothing published
differences  numbers that moved beyond rounding, conclusions that flipped
causes       the parameter or the rows of the data behind each, found out by running where that is possible
page         the comparison as one HTML page
"""
