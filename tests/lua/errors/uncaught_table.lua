--- expect: raised
--- message: (error object is a table value)
-- An error object without a text of its own is reported by its type.
error({ code = 42 })
