"""A local page that shows one report and its deck, and makes them again whenever something changes.

    server      HTTP on 127.0.0.1: the page, the documents, what happens (server-sent events), writes
    watching    which files changed, and what that asks for
    workshop    the warm process: imports once, makes in children, starts again when code changed
    making      what a child does: build, describe the parameters, write one of them
    form        parameters as fields, from the JSON schema
    writing     a value into the YAML file that an analyst chooses, if the build would take it

What is shown is the site itself, as ``scorecard build CLIENT`` makes it: there is no second truth.
"""
