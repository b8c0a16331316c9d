"""The asyncio shell around vehicles: messages in, commands and missions out."""
