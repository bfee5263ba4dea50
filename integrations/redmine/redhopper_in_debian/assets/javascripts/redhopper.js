// Redhopper moves cards by drag and drop where it can; the arrows on each card do the same without it.
