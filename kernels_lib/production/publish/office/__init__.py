"""What opens in an office: the annex (xlsx) and the deck for PowerPoint (pptx).

    source      an executed notebook: its page model and its results, the only things that are read
    xlsx        the annex, from `sheets` (which sheets, which cells) and `codebook` (what columns mean)
    pptx        the deck, from `template` (our own 16:9 template), `layouts` (laid-out pieces),
                `charts` (figures as native charts) and `grids` (figures as native tables)
    plotted     what a figure plots, read from its rows and the roles of its traces
    chartparts  a native chart with the workbook behind it
    canvas      text, tables and shapes on a slide; `typeset` says how much room a text takes
    package     a package's bytes, the same for the same contents
    contents    every text inside a package, for the gates

Nothing here draws a conclusion or a number of its own.
"""
