"""The whole product in mixed use for a while, with a fault every now and then, and a ledger of what was promised."""
