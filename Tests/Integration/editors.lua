-- Neovim (0.7 or newer) with virt-cpu lsp, in a directory that has vms/.virt-cpu.yaml. Prints a line a test; the exit status
-- is 1 if one failed.
local failed = false
local function check(name, is_right, seen)
  io.stdout:write((is_right and 'ok       ' or 'FAILED   ') .. name .. (is_right and '' or ': ' .. vim.inspect(seen):gsub('\n', ' ')) .. '\n')
  failed = failed or not is_right
end

local definition = {
  "<domain type='kvm'>",
  '  <name>vm</name>',
  "  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
  "  <cpu mode='custom' match='exact'>",
  "    <model fallback='forbid'>EPY</model>",
  "    <!-- 😀 --><feature policy='require' name='pcid'/>",
  "    <!-- 😀 --><feature policy='require' name='pcid'/>",
  "    <feature policy='require' name='nonsense'/>",
  '  </cpu>',
  '</domain>',
}
vim.fn.writefile(definition, 'vms/vm.xml')
vim.cmd('edit vms/vm.xml')

local status
local client = vim.lsp.start_client({
  name = 'virt-cpu',
  cmd = { 'virt-cpu', 'lsp' },
  root_dir = vim.fn.getcwd(),
  on_exit = function(code) status = code end,
})
vim.lsp.buf_attach_client(0, client)

-- What columns count: UTF-16 in Neovim 0.7, and what newer ones agree on with the server.
vim.wait(20000, function() return vim.lsp.buf_get_clients(0)[client] ~= nil end, 20)
local encoding = vim.lsp.get_client_by_id(client).offset_encoding

-- The diagnostics as LINE:COLUMN-LINE:COLUMN rule, where Neovim counts bytes from 0.
local function diagnostics()
  local found = {}
  for _, one in ipairs(vim.diagnostic.get(0)) do
    local code = one.code or (one.user_data and one.user_data.lsp and one.user_data.lsp.code)
    table.insert(found, string.format('%d:%d-%d:%d %s', one.lnum, one.col, one.end_lnum, one.end_col, code))
  end
  table.sort(found)
  return found
end
local function diagnosed(name, expected)
  vim.wait(20000, function() return vim.deep_equal(diagnostics(), expected) end, 20)
  check(name, vim.deep_equal(diagnostics(), expected), diagnostics())
end

-- 😀 has 4 bytes in the buffer and 2 units in UTF-16.
diagnosed('Neovim: three faults at their places', {
  '4:29-4:32 unknown-model', '6:17-6:56 duplicate-feature', '7:36-7:44 unknown-feature',
})

local function ask(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 20000) or {}
  for _, answer in pairs(answers) do return answer.result end
end

-- The place of a cursor, with the line counted from 1.
local function at(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  return vim.lsp.util.make_position_params(0, encoding)
end

at(7, 20)
local params = vim.lsp.util.make_range_params(0, encoding)
params.context = { diagnostics = {}, only = { 'quickfix' } }
local actions = ask('textDocument/codeAction', params) or {}
check('Neovim: a fix and a comment are offered for the duplicate', #actions == 2 and actions[1].title == 'Fix: remove the duplicate', actions)
if actions[1] then vim.lsp.util.apply_workspace_edit(actions[1].edit, encoding) end
check('Neovim: the fix removes the duplicate, and nothing else', vim.deep_equal(vim.api.nvim_buf_get_lines(0, 5, 7, false), {
  definition[6], "    <!-- 😀 -->",
}), vim.api.nvim_buf_get_lines(0, 5, 8, false))
diagnosed('Neovim: after the fix, two faults are left', { '4:29-4:32 unknown-model', '7:36-7:44 unknown-feature' })

local items = ask('textDocument/completion', at(5, 31)) or {}
local model
for _, item in ipairs(items) do
  if item.label == 'EPYC' then model = item end
end
check('Neovim: models are proposed', model ~= nil and #items > 100, #items)
if model then vim.lsp.util.apply_text_edits({ model.textEdit }, vim.api.nvim_get_current_buf(), encoding) end
check('Neovim: the proposal completes the model', vim.fn.getline(5) == "    <model fallback='forbid'>EPYC</model>", vim.fn.getline(5))
diagnosed('Neovim: one fault is left', { '7:36-7:44 unknown-feature' })

local hover = ask('textDocument/hover', at(6, 50)) or {}
check('Neovim: a feature is explained', hover.contents ~= nil and hover.contents.value:find('CPUID leaf 0x1, ECX bit 17', 1, true) ~= nil, hover)

vim.cmd('silent write | silent edit vms/.virt-cpu.yaml')
vim.lsp.buf_attach_client(0, client)
vim.api.nvim_buf_set_lines(0, 0, -1, false, { 'default: keep', 'rules:', '  host-pasthrough: off' })
diagnosed('Neovim: a mistake in the policy is shown', { '2:2-2:17 not-judged' })

vim.lsp.stop_client(client)
vim.wait(20000, function() return status ~= nil end, 20)
check('Neovim: the server ends with status 0', status == 0, status)
vim.cmd(failed and 'cquit 1' or 'qall!')
