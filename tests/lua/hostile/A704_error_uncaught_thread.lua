--- expect: raised
-- An uncaught error that is a coroutine.
error(coroutine.create(print))
