"""How a draft words and shows what it tells: numbers, lists, quotations, local times."""
