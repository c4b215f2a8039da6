-- Whole numbers as ByteWriter writes and ByteReader reads them. As one function, so that scripts on their usual way pay for one
-- closure. Reading fails at the end of the bytes.
local function byteCoding()
  local function varint(value)
    value = tonumber(value)
    local text = ''
    while value >= 128 do
      text = text .. string.char(128 + value % 128)
      value = math.floor(value / 128)
    end
    return text .. string.char(value)
  end

  -- Answers the number and where the next one begins.
  local function readVarint(bytes, at)
    local value, factor = 0, 1
    while true do
      local byte = string.byte(bytes, at)
      value = value + (byte % 128) * factor
      at = at + 1
      if byte < 128 then return value, at end
      factor = factor * 128
    end
  end

  return varint, readVarint
end

