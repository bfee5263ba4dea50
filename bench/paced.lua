-- Each connection waits so many milliseconds before it asks again: the same rate at every side, far from what it can carry.
function delay() return 8 end
