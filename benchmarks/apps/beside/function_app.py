"""Our app with the constant beside it. All that it imports is linked into its folder."""

from importlib import import_module

import azure.functions as func

app: func.FunctionApp = import_module("our_app").app
app.register_functions(import_module("constant_function").blueprint)
