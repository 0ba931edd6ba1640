--- expect: raised
--- message: nil
-- An error without a value is still an error.
error(nil)
