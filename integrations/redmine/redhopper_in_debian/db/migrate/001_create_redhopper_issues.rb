# frozen_string_literal: true

class CreateRedhopperIssues < ActiveRecord::Migration[5.2]
  def change
    create_table :redhopper_issues do |t|
      t.references :issue, index: { unique: true }, type: :integer, null: false
      t.integer :position
      t.boolean :blocked, default: false, null: false
    end
  end
end
