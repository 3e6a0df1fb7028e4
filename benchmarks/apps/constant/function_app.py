"""The constant in an app of its own."""

from importlib import import_module

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
app.register_functions(import_module("constant_function").blueprint)
