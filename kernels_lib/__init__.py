"""Research reports made from notebooks: a scorecard study, analysed and published for each client.

Three rooms and a door:

    study        what is studied: instrument, parameters, data, theme, disclosure, results
    analysis     numbers, words and pictures, called from notebook cells
    production   notebooks into documents
    cli          words in, calls out

`study` imports neither of the others; `analysis` and `production` import `study` and never
each other.
"""

__version__ = "0.1.0"
