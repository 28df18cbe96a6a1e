"""Tasks by decorator: what is in FUNCTIONS is known when the modules were imported."""

FUNCTIONS = []


def task(function):
    FUNCTIONS.append(function)
    return function
