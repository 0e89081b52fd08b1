"""What the product does: plain async functions, called alike by GraphQL, the bot and the jobs."""
