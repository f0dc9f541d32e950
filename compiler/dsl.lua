-- The part of the DSL that is written in Lua: what model files see of Lua's own library, and
-- sequential. Runs before the model file, with the whole library in scope and `dsl`, the functions of
-- dsl_*.c. Returns the names that a model file starts with; the model's own globals go elsewhere.

local dsl = ...
local names = dsl.names -- operators, optimisers, dataset, model

-- Order. Lua walks a table in an order that changes from run to run, and the order in which layers are
-- made decides their names and initial values. Here numbers come first, then strings, each ascending.

local rank = { number = 1, string = 2 }

local function before(a, b)
    local ra, rb = rank[type(a)] or 3, rank[type(b)] or 3
    if ra ~= rb then return ra < rb end
    return ra < 3 and a < b
end

local function sorted_keys(t)
    local keys = {}
    for key in next, t do keys[#keys + 1] = key end
    table.sort(keys, before)
    return keys
end

function names.pairs(t)
    if type(t) ~= "table" then dsl.fail("pairs", "expected a table, not " .. dsl.describe(t)) end
    local keys, i = sorted_keys(t), 0
    return function()
        i = i + 1
        return keys[i], t[keys[i]]
    end
end

function names.next(t, key)
    if type(t) ~= "table" then dsl.fail("next", "expected a table, not " .. dsl.describe(t)) end
    local keys = sorted_keys(t)
    for i = 1, key == nil and 0 or #keys do
        if keys[i] == key then return keys[i + 1], t[keys[i + 1]] end
    end
    return keys[1], t[keys[1]]
end

-- Lua's library, without what reaches the system, catches errors, or can run for ever inside one call
-- (patterns, table.move).

for _, name in ipairs { "assert", "error", "ipairs", "select", "tonumber", "tostring" } do
    names[name] = _G[name]
end
names.print = dsl.print
names.type = dsl.type

local libraries = {
    math = [[abs ceil cos exp floor fmod huge log max maxinteger min mininteger modf pi sin sqrt tan
             tointeger type ult acos asin atan deg rad]],
    string = "byte char format len lower reverse sub upper",
    table = "concat insert pack remove sort unpack",
}

for library, functions in pairs(libraries) do
    local safe = {}
    for name in functions:gmatch "%a+" do safe[name] = _G[library][name] end
    names[library] = safe
end

function names.string.rep(s, n, separator)
    s, separator = tostring(s), tostring(separator or "")
    if n * (#s + #separator + 1) > 1000000 then
        dsl.fail("string.rep", "the result would be longer than a million letters")
    end
    return string.rep(s, n, separator)
end

for library in pairs(libraries) do
    setmetatable(names[library], {
        __index = function(_, key)
            dsl.fail(nil, library .. "." .. tostring(key) .. " is not available in model files")
        end,
        __metatable = false,
    })
end
local strings = getmetatable("")
strings.__index = names.string
strings.__metatable = false

-- setmetatable for the author's own tables. The metatable is copied, so that nothing can be added to it
-- later, and only some keys of it count: none that Lua would call by itself while a state is closed.

local allowed = { __index = true, __newindex = true, __call = true, __tostring = true }

function names.setmetatable(t, meta)
    if type(t) ~= "table" or type(meta) ~= "table" then
        dsl.fail("setmetatable", "expected two tables")
    end
    if getmetatable(t) ~= nil then dsl.fail("setmetatable", "the table has a metatable already") end
    local copy = { __metatable = false }
    for key, value in next, meta do
        if type(key) == "string" and key:sub(1, 2) == "__" then
            if not allowed[key] then
                dsl.fail("setmetatable", "'" .. key .. "' is not available in model files")
            end
            copy[key] = value
        end
    end
    return setmetatable(t, copy)
end

-- sequential { a, b, c }: a layer that applies a, then b to its result, then c. The elements are layers,
-- other sequentials, or functions of tensors.

local function passed_on(i, ...)
    for k = 1, math.max(1, select("#", ...)) do
        local value = select(k, ...)
        if dsl.type(value) ~= "tensor" then
            dsl.fail("sequential", ("element %d returned %s, not a tensor"):format(i, dsl.describe(value)))
        end
    end
    return ...
end

local function apply_from(list, i, ...)
    if i > #list then return ... end
    return apply_from(list, i + 1, passed_on(i, list[i](...)))
end

local sequential_meta = {
    __name = "layer",
    __metatable = false,
    __call = function(list, ...)
        for k = 1, math.max(1, select("#", ...)) do
            local value = select(k, ...)
            if dsl.type(value) ~= "tensor" then
                local advice = dsl.type(value) == "data set" and "; the set's images are its field .image" or ""
                dsl.fail("sequential", "apply it to a tensor, not " .. dsl.describe(value) .. advice)
            end
        end
        return apply_from(list, 1, ...)
    end,
}
dsl.mark_sequential(sequential_meta)

local function check_element(i, element)
    local kind = dsl.type(element)
    if kind ~= "layer" and kind ~= "function" then
        local advice = kind == "tensor" and "; leave the tensor out and apply the layer to it later" or ""
        dsl.fail("sequential", ("element %d is %s, not a layer or a function%s")
            :format(i, dsl.describe(element), advice))
    end
end

function names.sequential(list, ...)
    if dsl.type(list) ~= "table" or select("#", ...) > 0 then
        dsl.fail("sequential", "takes one list of layers: sequential { conv2d { ... }, relu {}, ... }")
    end
    local copy = { name = list.name }
    for _, key in ipairs(sorted_keys(list)) do
        if math.type(key) == "integer" then
            if key ~= #copy + 1 then
                dsl.fail("sequential", ("element %d is nil"):format(#copy + 1))
            end
            check_element(key, list[key])
            copy[key] = list[key]
        elseif key ~= "name" then
            dsl.fail_key("sequential", key, "name")
        end
    end
    if copy.name ~= nil then dsl.check_label("sequential", copy.name) end
    return setmetatable(copy, sequential_meta)
end

return names
